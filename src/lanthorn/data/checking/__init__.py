"""What is found out about photos before training: one look at each, and what follows from the looks."""
