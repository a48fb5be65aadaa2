"""Reports: pictures and stand-alone pages of results."""
