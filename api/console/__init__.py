"""The console: pages for people at work, over the same documents, rights and limits as every other caller's."""
