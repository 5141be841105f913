// Package app puts the program together: the store, the rooms, the site, what one room needs of another, and the
// commands.
package app
