"""The buried fibre: samples of an interrogator in, detections of steps, vehicles and digging out."""
