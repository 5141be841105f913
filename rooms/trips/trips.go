// Package trips is the room of official trips abroad: the annual plan and its quota, each trip from the first idea to
// the archive with its people, legs, programme and money, its publicity, changes and report, and standing approvals.
package trips
