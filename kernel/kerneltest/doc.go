// Package kerneltest gives a test one line to a real database, a real browser and a client that checks every page.
// Nothing in it is mocked, and nothing in it skips: what is missing on the machine fails the test and says what to
// install. The program itself never imports it.
package kerneltest
