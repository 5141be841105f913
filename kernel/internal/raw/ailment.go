package raw

import (
	"errors"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// Ailment names the phrase that says in plain words what is wrong with the database itself, when that is what an error
// comes from; "" when it does not.
func Ailment(err error) string {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff { // the further bits say where it was noticed
		case 5, 6:
			return "store.busy"
		case 8:
			return "store.readonly"
		case 10:
			return "store.disk"
		case 11, 26:
			return "store.damaged"
		case 13:
			return "store.full"
		}
		if strings.Contains(e.Error(), "no such table: migration") {
			return "store.empty"
		}
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch {
		case e.Code == "53100":
			return "store.full"
		case e.Code == "25006":
			return "store.readonly"
		case e.Code == "XX001", e.Code == "XX002":
			return "store.damaged"
		case e.Code == "42P01" && strings.Contains(e.Message, "migration"):
			return "store.empty"
		case strings.HasPrefix(e.Code, "08"), strings.HasPrefix(e.Code, "57P"):
			return "store.unreachable"
		}
	}
	switch { // of the files that lie beside the database
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "store.full"
	case errors.Is(err, syscall.EROFS):
		return "store.readonly"
	}
	return ""
}
