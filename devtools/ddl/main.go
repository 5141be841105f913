// Command ddl prints the table of a declared record type, to be looked over and kept as a migration.
package main

import (
	"fmt"
	"os"

	"yunqiao/app"
)

func main() {
	for _, name := range os.Args[1:] {
		k := app.Types.Kind(name)
		if k == nil {
			fmt.Fprintln(os.Stderr, "no record type", name)
			os.Exit(1)
		}
		fmt.Print(k.DDL(), "\n")
	}
}
