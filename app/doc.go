// Package app puts the program together: the store, the kernel's parts, the rooms and the pages, in that order, and
// what one room needs of another. It is the only package that knows every room.
package app
