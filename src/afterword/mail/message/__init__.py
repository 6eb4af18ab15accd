"""From a letter to the bytes of one message: headers, signature, return path."""
