"""One module per group of formats; each turns a source into parsed documents."""
