"""What the demonstration portfolio is made of: a catalogue, accounts, stories, and ordinary licences."""
