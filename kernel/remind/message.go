package remind

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/post"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// The kinds of messages: the one of the day, that somebody urges, what became of what one filed, and what runs out soon.
const (
	KindDay      = "day"
	KindUrged    = "urged"
	KindReturned = "returned"
	KindApproved = "approved"
	KindRefused  = "refused"
	KindRunsOut  = "runs_out"
)

// Message is what the program told one person.
type Message struct {
	ID     string
	Staff  string
	Kind   string
	Mark   string // tells the messages of a person apart: none is written twice
	Day    clock.Day
	Title  translate.Text
	Lines  []Line
	More   int // lines it has no room for
	MadeAt int64
	Read   bool
	Mailed bool
}

// Tell writes a message that does not wait for the message of the day, once under its mark. Lines that name an item are
// taken to be about it: when it is done first, no mail goes out.
func (d *Desk) Tell(tx *store.Tx, m Message) error {
	_, err := d.put(tx, &m)
	return err
}

// put writes a message and asks for its mail; false when one of its mark is there.
func (d *Desk) put(tx *store.Tx, m *Message) (bool, error) {
	if len(m.Lines) > most {
		m.More, m.Lines = len(m.Lines)-most, m.Lines[:most]
	}
	lines, err := json.Marshal(body{m.Lines, m.More})
	if err != nil {
		return false, err
	}
	title, err := json.Marshal(m.Title)
	if err != nil {
		return false, err
	}
	m.ID, m.Day, m.MadeAt = clock.NewID(tx.Now), tx.ValidOn, tx.Now
	n, err := raw.Exec(tx, `INSERT INTO message (id, staff, kind, mark, day, title, lines, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (staff, mark) DO NOTHING`, m.ID, m.Staff, m.Kind, m.Mark, int64(m.Day), string(title), string(lines), m.MadeAt)
	if err != nil || n == 0 {
		return false, err
	}
	if d.Post == nil {
		return true, nil
	}
	w, err := d.WishOf(&tx.View, m.Staff)
	if err != nil || !w.ByMail || w.Mail == "" {
		return true, err
	}
	return true, jobs.AddAt(tx, MailJob, mailBody{m.ID}, d.loud(tx.Now, w))
}

type mailBody struct {
	Message string `json:"message"`
}

// loud is the first instant from one on that lies outside somebody's quiet hours.
func (d *Desk) loud(at int64, w Wish) int64 {
	for range 24 {
		if !quiet(d.Store.Clock.At(at).Hour(), w.QuietFrom, w.QuietTo) {
			break
		}
		at = at/hour*hour + hour
	}
	return at
}

const messageColumns = "id, staff, kind, mark, day, title, lines, made_at, read_at IS NOT NULL, mailed_at IS NOT NULL"

func scan(rows store.Rows) (*Message, error) {
	m := &Message{}
	var title, lines string
	if err := rows.Scan(&m.ID, &m.Staff, &m.Kind, &m.Mark, &m.Day, &title, &lines, &m.MadeAt, &m.Read, &m.Mailed); err != nil {
		return nil, err
	}
	var b body
	if err := json.Unmarshal([]byte(lines), &b); err != nil {
		return nil, err
	}
	m.Lines, m.More = b.Lines, b.More
	return m, json.Unmarshal([]byte(title), &m.Title)
}

// Inbox reads the messages of somebody, those not read first and then the newest. Lines tell what is done since.
func (d *Desk) Inbox(v *store.View, staff string, limit int) (out []*Message, err error) {
	defer fault.Wrap(&err, "reading messages")
	rows, err := raw.Read(v, "SELECT "+messageColumns+" FROM message WHERE staff = ? ORDER BY read_at IS NOT NULL, id DESC LIMIT ?", staff, limit)
	if err != nil {
		return nil, err
	}
	var lines []Line
	for rows.Next() {
		m, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out, lines = append(out, m), append(lines, m.Lines...)
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	if err := d.mark(v, lines); err != nil {
		return nil, err
	}
	for _, m := range out {
		n := copy(m.Lines, lines)
		lines = lines[n:]
	}
	return out, nil
}

// Get reads one message of somebody, with what is done since; Missing when they have none of that id.
func (d *Desk) Get(v *store.View, staff, id string) (m *Message, err error) {
	defer fault.Wrap(&err, "reading message %s", id)
	if m, err = read(v, "id = ? AND staff = ?", id, staff); err != nil {
		return nil, err
	}
	if m == nil {
		return nil, fault.New(fault.Missing, "remind.no_message", nil)
	}
	return m, d.mark(v, m.Lines)
}

// read reads one message; nil when there is none.
func read(v *store.View, where string, args ...any) (m *Message, err error) {
	rows, err := raw.Read(v, "SELECT "+messageColumns+" FROM message WHERE "+where, args...)
	if err != nil {
		return nil, err
	}
	if rows.Next() {
		m, err = scan(rows)
	}
	return m, errors.Join(err, rows.Close())
}

// Unread counts the messages that somebody has not read.
func (d *Desk) Unread(v *store.View, staff string) (int, error) {
	return raw.Kept(v, "unread/"+staff, func() (n int, err error) {
		err = raw.ReadOne(v, "SELECT count(*) FROM message WHERE staff = ? AND read_at IS NULL", []any{staff}, &n)
		return n, err
	})
}

// MarkRead notes that somebody has read a message, or all of theirs for "".
func (d *Desk) MarkRead(tx *store.Tx, staff, id string) error {
	_, err := raw.Exec(tx, "UPDATE message SET read_at = ? WHERE staff = ? AND (id = ? OR ? = '') AND read_at IS NULL", tx.Now, staff, id, id)
	return err
}

// mail sends one message. Nothing is sent when all it speaks of is done, when it went out, or when the person no longer
// wants mail. The message carries one number however often it is tried, so that a mailbox can tell that it has it.
func (d *Desk) mail(ctx context.Context, id string) (result string, err error) {
	defer fault.Wrap(&err, "sending message %s by mail", id)
	var m *Message
	var w Wish
	now := int64(0)
	err = d.Store.Look(ctx, me, store.AsOf{}, func(v *store.View) (err error) {
		if m, err = read(v, "id = ?", id); err != nil || m == nil {
			return err
		}
		now = v.Now
		if w, err = d.WishOf(v, m.Staff); err != nil {
			return err
		}
		return d.mark(v, m.Lines)
	})
	if err != nil {
		return "", err
	}
	if m == nil {
		return "", fault.New(fault.Invalid, "remind.no_message", nil)
	}
	var open []Line
	for _, l := range m.Lines {
		if !l.Settled {
			open = append(open, l)
		}
	}
	switch {
	case m.Mailed:
		return "sent before", nil
	case d.Post == nil || !w.ByMail || w.Mail == "":
		return "not wanted", nil
	case len(m.Lines) > 0 && len(open) == 0:
		return "done since", nil
	}
	if at := d.loud(now, w); at > now {
		return "later", d.Store.Update(ctx, me, func(tx *store.Tx) error { return jobs.AddAt(tx, MailJob, mailBody{id}, at) })
	}
	m.Lines = open
	subject, text := d.letter(m, translate.Lang(w.Lang))
	if err := d.Post.Send(ctx, post.Letter{ID: m.ID, To: w.Mail, Subject: subject, Text: text, At: d.Store.Clock.At(now)}); err != nil {
		return "", err
	}
	return "sent", d.Store.Update(ctx, me, func(tx *store.Tx) error {
		_, err := raw.Exec(tx, "UPDATE message SET mailed_at = ? WHERE id = ?", tx.Now, id)
		return err
	})
}

// Subject is the one line that a message is called by.
func (d *Desk) Subject(m *Message, l translate.Lang) string {
	if m.Kind != KindDay {
		return d.Book.Say(l, "remind.kind."+m.Kind, "title", m.Title.Show(l))
	}
	return d.Book.Say(l, "remind.kind.day", "day", m.Day.String(), "count", len(m.Lines)+m.More)
}

// Say says how one line stood on the day of its message.
func (d *Desk) Say(line Line, on clock.Day, l translate.Lang) string {
	switch days := int(line.Due - on); {
	case !line.Due.Known():
		return ""
	case days < 0:
		return d.Book.Say(l, "remind.late", "day", line.Due.String(), "days", -days)
	case days == 0:
		return d.Book.Say(l, "remind.today", "day", line.Due.String())
	default:
		return d.Book.Say(l, "remind.left", "day", line.Due.String(), "days", days)
	}
}

// letter writes a message as plain text.
func (d *Desk) letter(m *Message, l translate.Lang) (subject, text string) {
	var b strings.Builder
	part := ""
	for _, line := range m.Lines {
		if line.Part != part && m.Kind == KindDay {
			part = line.Part
			b.WriteString(d.Book.Say(l, "remind.part."+part) + "\n\n")
		}
		b.WriteString("- " + line.Title.Show(l) + "\n")
		for _, s := range []string{d.Say(line, m.Day, l), line.How.Show(l)} {
			if s != "" {
				b.WriteString("  " + s + "\n")
			}
		}
		if d.Site != "" && line.Href != "" {
			b.WriteString("  " + d.Site + line.Href + "\n")
		}
		b.WriteString("\n")
	}
	if m.More > 0 {
		b.WriteString(d.Book.Say(l, "remind.more", "count", m.More) + "\n\n")
	}
	b.WriteString(d.Book.Say(l, "remind.foot", "office", d.Office.Show(l)) + "\n")
	if d.Site != "" {
		b.WriteString(d.Site + "/work\n")
	}
	return d.Subject(m, l), b.String()
}
