"""A machine-learning model that is built by CI: data in, model and reports out."""
