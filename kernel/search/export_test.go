package search

// Few documents are many to these tests, so that questions go through all that may be asked of PostgreSQL.
func init() { newestFew, perBlock, window, further, few = 4, 60, 50, 120, 12 }
