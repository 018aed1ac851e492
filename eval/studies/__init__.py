"""Study the system's parts: reader, retrieval, chunking, calibration, follow-ups."""
