"""The check of what people read: old words, two terms for one thing, and long sentences."""
