"""Read rich text (RTF): its control words, its characters in their code pages, its paragraphs."""
