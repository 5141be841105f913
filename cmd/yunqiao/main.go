// Yunqiao is the program of the office: it serves the site, and answers questions from the command line.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"yunqiao/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := app.Run(ctx, app.Terminal{Args: os.Args[1:], Environ: os.Environ(), In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(code)
}
