"""Text to vectors: the encoder, its ONNX export, and the pooling both share."""
