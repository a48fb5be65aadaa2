"""Readers of the files that spectrometers write: bytes in, `Raw` spectra out, every fault said with file, field and cure."""
