"""From the texts of an edition's files to a guide: outlines, building, agreement."""
