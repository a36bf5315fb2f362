"""The imitation of the forges and of CML, held to what the real ones do."""
