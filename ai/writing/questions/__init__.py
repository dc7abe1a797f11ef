"""Questions of each kind made from the material's own sentences, without a chat model."""
