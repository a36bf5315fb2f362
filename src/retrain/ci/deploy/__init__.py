"""A deployment by the forge: prepared without a credential, carried out, released, announced."""
