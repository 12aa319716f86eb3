"""What a sweep found and did, as one value that every output is made from."""
