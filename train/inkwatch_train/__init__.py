"""Makes the models on a training host: data, augmentation, a Keras network, a report."""
