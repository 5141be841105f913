package bulk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/record"
	"yunqiao/kernel/sheet"
	"yunqiao/kernel/store"
)

// Receive keeps a table on the shelf, reads its header and proposes how its columns become fields: as in the last
// import of the same header, or else by their names. It opens its own transaction: call it outside of one.
func (d *Desk) Receive(ctx context.Context, who access.Who, kind, name string, r io.Reader) (id string, err error) {
	defer fault.Wrap(&err, "receiving a table")
	k := d.Types.Kind(kind)
	if k == nil {
		return "", fault.New(fault.Missing, "store.missing", nil)
	}
	limit := d.Limit
	if limit == 0 {
		limit = 64 << 20
	}
	in, err := files.Receive(r, name, limit, d.Folder)
	if err != nil {
		return "", err
	}
	defer in.Close() //nolint:errcheck // the shelf has its own copy
	form := formOf(in.Kind)
	if form == "" {
		return "", fault.New(fault.Invalid, "sheet.kind", nil)
	}
	t, err := sheet.Open(in.Reader(), in.Size, form)
	if err != nil {
		return "", err
	}
	header := t.Header()
	keep, id := in, clock.NewID(d.Store.Clock.Now())
	if fields := d.personal(k, header); fields != nil {
		keep, err = d.cover(ctx, who, k, id, t, fields)
		if err != nil {
			return "", errors.Join(err, t.Close())
		}
		defer keep.Close() //nolint:errcheck // the shelf has its own copy
		form = sheet.CSV
	}
	if err := t.Close(); err != nil {
		return "", err
	}
	if err := d.Shelf.Put(ctx, keep); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(kind + "\x00" + strings.Join(header, "\x00")))
	key := hex.EncodeToString(sum[:])
	err = d.Store.Update(ctx, who, func(tx *store.Tx) error {
		plan, proposed := d.propose(k, header), "names"
		var saved string
		err := raw.ReadOne(&tx.View, "SELECT plan FROM batch WHERE header_key = ? AND state <> ? ORDER BY created_at DESC, id DESC LIMIT 1",
			[]any{key, Received}, &saved)
		if err == nil {
			var p Plan
			if json.Unmarshal([]byte(saved), &p) == nil && d.checkPlan(k, header, p) == nil {
				plan, proposed = p, "saved"
				plan.Why = ""
			}
		} else if fault.KindOf(err) != fault.Missing {
			return err
		}
		_, err = raw.Exec(tx, `INSERT INTO batch (id, kind, state, by_who, actor, name, digest, form, header, header_key, plan, proposed,
total, counts, job, problem, why, created_at, changed_at) VALUES (?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, 0, '', '', '', '', ?, ?)`,
			id, kind, Received, who.ID, in.Name, string(keep.Digest), string(form), encoded(header), key, encoded(plan), proposed, tx.Now, tx.Now)
		return err
	})
	return id, err
}

func formOf(k files.Kind) sheet.Kind {
	switch k.Type {
	case files.XLSX.Type:
		return sheet.XLSX
	case files.CSV.Type, files.Text.Type, files.TextGB.Type, files.TextWide.Type:
		return sheet.CSV
	}
	return ""
}

const batchColumns = `id, kind, state, by_who, name, digest, form, header, plan, proposed, total, counts, job, problem, why, created_at, changed_at`

func (d *Desk) batches(v *store.View, tail string, args ...any) (out []*Batch, err error) {
	rows, err := raw.Read(v, "SELECT "+batchColumns+" FROM batch "+tail, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		b := &Batch{}
		var header, plan, counts, problem string
		if err := rows.Scan(&b.ID, &b.Kind, &b.State, &b.By, &b.Name, &b.Digest, &b.Form, &header, &plan, &b.Proposed, &b.Total, &counts,
			&b.Job, &problem, &b.why, &b.CreatedAt, &b.ChangedAt); err != nil {
			return nil, err
		}
		for _, part := range []struct {
			text string
			into any
		}{{header, &b.Header}, {plan, &b.Plan}, {counts, &b.Counts}, {problem, &b.Problem}} {
			if part.text != "" {
				if err := json.Unmarshal([]byte(part.text), part.into); err != nil {
					return nil, err
				}
			}
		}
		if b.Counts == nil {
			b.Counts = map[string]int{}
		}
		out = append(out, b)
	}
	return out, rows.Err()
}

// Get reads one batch; Missing when it is another person's, unless an admin asks.
func (d *Desk) Get(v *store.View, id string) (*Batch, error) {
	bs, err := d.batches(v, "WHERE id = ?", id)
	if err != nil {
		return nil, err
	}
	if len(bs) == 0 || bs[0].By != v.Who.ID && !v.Who.Has(access.Admin) {
		return nil, fault.New(fault.Missing, "store.missing", nil)
	}
	return bs[0], nil
}

// List reads the newest batches of this person, or of all for an admin.
func (d *Desk) List(v *store.View, limit int) ([]*Batch, error) {
	if v.Who.Has(access.Admin) {
		return d.batches(v, "ORDER BY created_at DESC, id DESC LIMIT ?", limit)
	}
	return d.batches(v, "WHERE by_who = ? ORDER BY created_at DESC, id DESC LIMIT ?", v.Who.ID, limit)
}

// Holds tells whether a file is the table of some import.
func (d *Desk) Holds(v *store.View, digest string) (bool, error) {
	var n int
	err := raw.ReadOne(v, "SELECT count(*) FROM batch WHERE digest = ?", []any{digest}, &n)
	return n > 0, err
}

// Rows reads rows of a batch in the order of the file, those after a row number and, if one is named, of one verdict or
// outcome. next is 0 at the end.
func (d *Desk) Rows(v *store.View, id, only string, after, limit int) (out []Row, next int, err error) {
	if _, err := d.Get(v, id); err != nil {
		return nil, 0, err
	}
	rows, err := raw.Read(v, `SELECT r.n, r.verdict, coalesce(o.outcome, ''), r.messages, coalesce(o.messages, ''), coalesce(o.record, r.record), coalesce(o.vid, ''), r.vals
FROM batch_row r LEFT JOIN batch_done o ON o.batch = r.batch AND o.n = r.n
WHERE r.batch = ? AND r.n > ? AND (? = '' OR r.verdict = ? OR o.outcome = ?) ORDER BY r.n LIMIT ?`, id, after, only, only, only, limit)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var r Row
		var said, later, vals string
		if err := rows.Scan(&r.Number, &r.Verdict, &r.Outcome, &said, &later, &r.Record, &r.VID, &vals); err != nil {
			return nil, 0, err
		}
		if later != "" {
			said = later
		}
		if said != "" {
			if err := json.Unmarshal([]byte(said), &r.Messages); err != nil {
				return nil, 0, err
			}
		}
		if r.Cells, err = textsOf(vals); err != nil {
			return nil, 0, err
		}
		for i, c := range r.Cells {
			r.Cells[i] = masked(c)
		}
		out = append(out, r)
	}
	if len(out) == limit && limit > 0 {
		next = out[limit-1].Number
	}
	return out, next, rows.Err()
}

// SetPlan keeps a person's plan; a dry run made with another one counts no more.
func (d *Desk) SetPlan(tx *store.Tx, id string, p Plan) error {
	b, err := d.Get(&tx.View, id)
	if err != nil {
		return err
	}
	if b.State != Received && b.State != Checked {
		return fault.New(fault.Invalid, "bulk.state", nil)
	}
	if err := d.checkPlan(d.Types.Kind(b.Kind), b.Header, p); err != nil {
		return err
	}
	if _, err := raw.Exec(tx, "DELETE FROM batch_row WHERE batch = ?", id); err != nil {
		return err
	}
	_, err = raw.Exec(tx, "UPDATE batch SET plan = ?, proposed = '', state = ?, counts = '', total = 0, problem = '', changed_at = ? WHERE id = ?",
		encoded(p), Received, tx.Now, id)
	return err
}

// JobKind is the kind of the jobs of imports.
const JobKind = "import"

type task struct {
	Batch string `json:"batch"`
	Step  string `json:"step"` // the state while it runs
}

// before and after tell the state from which a step starts and the one it ends in.
var steps = map[string]struct {
	from []string
	to   string
}{
	Checking: {[]string{Received, Checked}, Checked},
	Loading:  {[]string{Checked}, Loaded},
	Undoing:  {[]string{Loaded}, Undone},
}

func (d *Desk) begin(tx *store.Tx, id, step, why string) (job string, err error) {
	b, err := d.Get(&tx.View, id)
	if err != nil {
		return "", err
	}
	ok := false
	for _, s := range steps[step].from {
		ok = ok || s == b.State
	}
	if !ok {
		return "", fault.New(fault.Invalid, "bulk.state", nil)
	}
	if job, err = jobs.Add(tx, JobKind, task{id, step}); err != nil {
		return "", err
	}
	// The step runs with the rights of the person who asks for it, as they are now.
	_, err = raw.Exec(tx, "UPDATE batch SET state = ?, job = ?, actor = ?, why = ?, problem = '', changed_at = ? WHERE id = ?",
		step, job, encoded(tx.Who), why, tx.Now, id)
	return job, err
}

// Check asks for the dry run: a verdict on each row, nothing written.
func (d *Desk) Check(tx *store.Tx, id string) (job string, err error) {
	return d.begin(tx, id, Checking, "")
}

// Load asks for the rows with good verdicts to be loaded.
func (d *Desk) Load(tx *store.Tx, id string) (job string, err error) {
	return d.begin(tx, id, Loading, "")
}

// Undo asks for what was loaded to be taken back, except where somebody changed the record since. A reason is needed.
func (d *Desk) Undo(tx *store.Tx, id, why string) (job string, err error) {
	if strings.TrimSpace(why) == "" {
		return "", fault.At("why", "record.why", nil)
	}
	return d.begin(tx, id, Undoing, strings.TrimSpace(why))
}

// Register lets a runner do the jobs of imports.
func Register(r *jobs.Runner, d *Desk) { r.On(JobKind, d.work) }

func (d *Desk) work(ctx context.Context, j jobs.Job, progress func(done, total int64)) (result string, err error) {
	var t task
	if err := json.Unmarshal([]byte(j.Body), &t); err != nil {
		return "", fault.Because(err, fault.Invalid, "jobs.unknown", fault.Args{"kind": j.Kind})
	}
	var b *Batch
	var who access.Who
	program := access.Program("import")
	err = d.Store.Look(ctx, program, store.AsOf{}, func(v *store.View) error {
		if b, err = d.Get(v, t.Batch); err != nil {
			return err
		}
		var actor string
		if err := raw.ReadOne(v, "SELECT actor FROM batch WHERE id = ?", []any{t.Batch}, &actor); err != nil {
			return err
		}
		return json.Unmarshal([]byte(actor), &who)
	})
	if err != nil {
		return "", err
	}
	if b.State != t.Step {
		return "", nil // done already, by a runner that died before it could say so
	}
	switch t.Step {
	case Checking:
		err = d.check(ctx, who, b, progress)
	case Loading:
		err = d.load(ctx, who, b, progress)
	case Undoing:
		err = d.undo(ctx, who, b, progress)
	}
	state, problem := steps[t.Step].to, ""
	if err != nil {
		if ctx.Err() != nil || fault.KindOf(err) != fault.Invalid && j.Attempt < jobs.MaxAttempts {
			return "", err // it goes on where it was
		}
		state = steps[t.Step].from[0]
		problem = encoded(told(err, "")[0])
	}
	e := d.Store.Update(context.WithoutCancel(ctx), program, func(tx *store.Tx) error {
		counts, err := d.count(&tx.View, b.ID)
		if err != nil {
			return err
		}
		total := 0
		for _, v := range Verdicts {
			total += counts[v]
		}
		if state == Loaded && d.Seals != nil {
			if err := record.ForgetImport(tx, d.Seals, b.ID); err != nil {
				return err
			}
		}
		result = encoded(counts)
		_, err = raw.Exec(tx, "UPDATE batch SET state = ?, problem = ?, counts = ?, total = ?, changed_at = ? WHERE id = ?",
			state, problem, result, total, tx.Now, b.ID)
		return err
	})
	return result, errors.Join(err, e)
}

func (d *Desk) count(v *store.View, id string) (map[string]int, error) {
	out := map[string]int{}
	for _, q := range []string{"SELECT verdict, count(*) FROM batch_row WHERE batch = ? GROUP BY verdict",
		"SELECT outcome, count(*) FROM batch_done WHERE batch = ? GROUP BY outcome"} {
		rows, err := raw.Read(v, q, id)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var name string
			var n int
			if err := rows.Scan(&name, &n); err != nil {
				rows.Close()
				return nil, err
			}
			out[name] = n
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// table opens the table of a batch; close takes the unpacked copy away.
func (d *Desk) table(ctx context.Context, b *Batch) (t *sheet.Reader, end func(), err error) {
	r, err := d.Shelf.Get(ctx, b.Digest)
	if err != nil {
		return nil, nil, err
	}
	defer r.Close() //nolint:errcheck // read only
	file, err := os.CreateTemp(d.Folder, "table-*")
	if err != nil {
		return nil, nil, err
	}
	end = func() {
		if t != nil {
			_ = t.Close() // read only
		}
		_ = file.Close()
		_ = os.Remove(file.Name()) // the machine clears such folders
	}
	size, err := io.Copy(file, r)
	if err == nil {
		t, err = sheet.Open(file, size, b.Form)
	}
	if err != nil {
		end()
		return nil, nil, err
	}
	return t, end, nil
}

// Samples reads the first rows of the table as they stand in the file.
func (d *Desk) Samples(v *store.View, id string, most int) (rows []sheet.Row, err error) {
	b, err := d.Get(v, id)
	if err != nil {
		return nil, err
	}
	t, end, err := d.table(v.Context(), b)
	if err != nil {
		return nil, err
	}
	defer end()
	for len(rows) < most {
		r, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		for i, c := range r.Cells {
			r.Cells[i] = masked(c)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// kindOf finds the type of a batch.
func (d *Desk) kindOf(b *Batch) (*record.Kind, error) {
	if k := d.Types.Kind(b.Kind); k != nil {
		return k, nil
	}
	return nil, fault.New(fault.Missing, "store.missing", nil)
}
