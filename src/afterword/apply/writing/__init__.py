"""Write a workspace as the file that `apply` reads; secrets are never in it."""
