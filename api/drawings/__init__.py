"""Pictures of what the API answers: SVG, PNG and text, in black on white, in the account's language."""
