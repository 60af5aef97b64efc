"""What is kept on disk: the journal, its projections, the catalogue; verify and rebuild."""
