// Package papers is the room of the papers of official trips: the forms with their templates, which the office can
// replace, what each is filled with from the case, the papers that were issued and never change, and the file of a case
// for the archive.
package papers
