package notices

import (
	"yunqiao/kernel/store"
)

// lateAcks counts the acknowledgements that were due before an instant and did not come.
func lateAcks(v *store.View, now int64) (int, error) {
	var n int64
	err := v.One("SELECT count(*) FROM {noticeack} x WHERE x.given IS NULL AND x.due < ?", []any{float64(now)}, &n)
	return int(n), err
}
