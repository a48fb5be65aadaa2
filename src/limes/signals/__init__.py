"""Raw signal in, detections or findings out: one room for each kind of signal."""
