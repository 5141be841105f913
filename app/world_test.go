package app_test

import "yunqiao/kernel/record"

var listAll = record.ListQuery{Limit: 1000}
