"""The report below a change, kept current by CML."""
