package outbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"sync"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/internal/raw"
	"yunqiao/kernel/seal"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Subscriber is somebody who wants to be told. Their address is read only where a message leaves.
type Subscriber struct {
	ID, Channel, State string
	Lang               translate.Lang
	Area               string // a place; "" is everywhere
	Since              int64  // when they said it was them; 0 when they have not
	AskedAt            int64
	sealed             string
}

// The states of a subscriber.
const (
	Asked  = "asked" // nobody has said yet that it was them
	Active = "active"
)

// KindAsked is the kind of the message that asks whether it was them.
const KindAsked = "asked"

// How long an address is kept of which nobody says that it is theirs, how often one may be asked about on a day, and how
// often one network may ask within an hour.
const (
	askedFor    = 48 * 3600 * 1000
	perAddress  = 3
	addressSpan = 24 * 3600 * 1000
	perNetwork  = 30
	networkSpan = 3600 * 1000
)

// mostBounces is after how many messages in a row of which it is said that the address does not exist it is no longer kept.
const mostBounces = 3

var telephone = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// Address reads what somebody typed: an address for mail, or a telephone number with its country.
func Address(typed string) (channel, address string, err error) {
	typed = strings.TrimSpace(typed)
	if plain := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", " ", "").Replace(typed); telephone.MatchString(plain) {
		return SMS, plain, nil
	}
	a, err := mail.ParseAddress(typed)
	if err != nil || a.Address != typed || len(typed) > 254 || strings.ContainsFunc(typed, func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' || r == '"' }) {
		return "", "", fault.At("address", "outbox.address", nil)
	}
	local, domain, _ := strings.Cut(a.Address, "@")
	if !strings.Contains(domain, ".") || strings.HasPrefix(domain, "[") || len(local) > 64 {
		return "", "", fault.At("address", "outbox.address", nil)
	}
	return Mail, local + "@" + strings.ToLower(domain), nil
}

// ring is the key of the list, once it was read.
type ring struct {
	mu     sync.Mutex
	key    *seal.Key
	secret []byte
}

// listKey is under which name the key of the list is wrapped.
const listKey = "subscribers"

var secretAt = seal.Place{Type: "subscriber", ID: listKey, Field: "secret"}

func addressAt(id string) seal.Place {
	return seal.Place{Type: "subscriber", ID: id, Field: "address"}
}

// unlock reads the key of the list, and keeps it where what is read may not be undone. Missing when there is none yet.
func (o *Outbox) unlock(v *store.View, keep bool) (*seal.Key, []byte, error) {
	o.keys.mu.Lock()
	defer o.keys.mu.Unlock()
	if o.keys.key != nil {
		return o.keys.key, o.keys.secret, nil
	}
	var wrapped, sealed string
	if err := raw.ReadOne(v, "SELECT wrapped, secret FROM subscriber_key WHERE name = ?", []any{listKey}, &wrapped, &sealed); err != nil {
		return nil, nil, err
	}
	b, err := base64.StdEncoding.DecodeString(wrapped)
	if err != nil {
		return nil, nil, err
	}
	k, err := o.Seals.Key(listKey, b)
	if err != nil {
		return nil, nil, err
	}
	secret, err := k.Open(secretAt, sealed)
	if err != nil {
		return nil, nil, err
	}
	if keep {
		o.keys.key, o.keys.secret = k, []byte(secret)
	}
	return k, []byte(secret), nil
}

// makeKey makes the key of the list when there is none.
func (o *Outbox) makeKey(tx *store.Tx) (*seal.Key, []byte, error) {
	k, secret, err := o.unlock(&tx.View, false)
	if err == nil || fault.KindOf(err) != fault.Missing {
		return k, secret, err
	}
	wrapped, err := o.Seals.NewKey(listKey)
	if err != nil {
		return nil, nil, err
	}
	if k, err = o.Seals.Key(listKey, wrapped); err != nil {
		return nil, nil, err
	}
	sealed, err := k.Seal(secretAt, clock.Secret(32))
	if err != nil {
		return nil, nil, err
	}
	// Another process may be quicker: the primary key settles it.
	if _, err := raw.Exec(tx, "INSERT INTO subscriber_key (name, wrapped, secret) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING", listKey, base64.StdEncoding.EncodeToString(wrapped), sealed); err != nil {
		return nil, nil, err
	}
	return o.unlock(&tx.View, false)
}

func digest(secret []byte, kind, value string) string {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(kind + "|" + strings.ToLower(value)))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

func doorOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:16])
}

const subscriberColumns = "id, channel, state, lang, area, since, asked_at, sealed"

func readSubscribers(v *store.View, query string, args ...any) (out []*Subscriber, err error) {
	rows, err := raw.Read(v, "SELECT "+subscriberColumns+" FROM subscriber "+query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		s, lang := &Subscriber{}, ""
		if err := rows.Scan(&s.ID, &s.Channel, &s.State, &lang, &s.Area, &s.Since, &s.AskedAt, &s.sealed); err != nil {
			return nil, err
		}
		s.Lang = translate.Lang(lang)
		out = append(out, s)
	}
	return out, rows.Close()
}

func oneSubscriber(v *store.View, query string, args ...any) (*Subscriber, error) {
	all, err := readSubscribers(v, query, args...)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.Missing, "outbox.no_subscriber", nil)
	}
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// Ask notes that somebody wants to be told, and sends the address a message with a link at which its owner says that it was
// them. Whether the address was known it never tells. Denied when an address or a network asks too often; from is the
// network, and kept as a digest.
func (o *Outbox) Ask(tx *store.Tx, channel, address string, l translate.Lang, area, from string) error {
	if o.Way(channel) == nil {
		return fault.At("address", "outbox.no_way."+channel, nil)
	}
	key, secret, err := o.makeKey(tx)
	if err != nil {
		return err
	}
	who := digest(secret, channel, address)
	if err := tries(tx, digest(secret, "from", from), perNetwork, networkSpan); err != nil {
		return err
	}
	if err := tries(tx, who, perAddress, addressSpan); err != nil {
		return err
	}
	s, err := oneSubscriber(&tx.View, "WHERE who = ?", who)
	switch {
	case err == nil && s.State == Active: // what they chose, only they change
	case err == nil:
		s.Lang, s.Area = l, area
	case fault.KindOf(err) == fault.Missing:
		s = &Subscriber{ID: clock.NewID(tx.Now), Channel: channel, State: Asked, Lang: l, Area: area}
		token := clock.Secret(20)
		if s.sealed, err = key.Seal(addressAt(s.ID), address+"\n"+token); err != nil {
			return err
		}
		if _, err := raw.Exec(tx, "INSERT INTO subscriber ("+subscriberColumns+", who, door, asked, bounced) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, 0, 0)",
			s.ID, channel, Asked, string(l), area, tx.Now, s.sealed, who, doorOf(token)); err != nil {
			return err
		}
	default:
		return err
	}
	if _, err := raw.Exec(tx, "UPDATE subscriber SET lang = ?, area = ?, asked = asked + 1, asked_at = ? WHERE id = ?", string(s.Lang), s.Area, tx.Now, s.ID); err != nil {
		return err
	}
	return o.standing(tx, KindAsked, channel, s)
}

// TakeBrowser notes that somebody wants to be told in their browser, at the address that Pushes.Address wrote. No letter asks
// whether it was them: the browser itself asked its reader, and the address is a secret between it and the office. A browser
// that is known changes its language and area; one that got another address says which it had. Denied as Ask is.
func (o *Outbox) TakeBrowser(tx *store.Tx, address, was string, l translate.Lang, area, from string) error {
	if o.Way(Push) == nil {
		return fault.At("address", "outbox.no_way.push", nil)
	}
	key, secret, err := o.makeKey(tx)
	if err != nil {
		return err
	}
	if err := tries(tx, digest(secret, "from", from), perNetwork, networkSpan); err != nil {
		return err
	}
	endpoint, _, _ := strings.Cut(address, " ")
	who := digest(secret, Push, endpoint)
	if was != "" && was != endpoint {
		old, err := oneSubscriber(&tx.View, "WHERE who = ?", digest(secret, Push, was))
		if err != nil {
			return err
		}
		l, area = old.Lang, old.Area
		if err := o.Leave(tx, old); err != nil {
			return err
		}
	}
	s, err := oneSubscriber(&tx.View, "WHERE who = ?", who)
	if err != nil && fault.KindOf(err) != fault.Missing {
		return err
	}
	token := clock.Secret(20)
	if err == nil {
		sealed, err := key.Seal(addressAt(s.ID), address+"\n"+token)
		if err == nil {
			_, err = raw.Exec(tx, "UPDATE subscriber SET lang = ?, area = ?, sealed = ?, door = ? WHERE id = ?", string(l), area, sealed, doorOf(token), s.ID)
		}
		return err
	}
	id := clock.NewID(tx.Now)
	sealed, err := key.Seal(addressAt(id), address+"\n"+token)
	if err != nil {
		return err
	}
	_, err = raw.Exec(tx, "INSERT INTO subscriber ("+subscriberColumns+", who, door, asked, bounced) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
		id, Push, Active, string(l), area, tx.Now, tx.Now, sealed, who, doorOf(token))
	return err
}

// Browser finds the subscriber whose browser has an address. Missing for any other.
func (o *Outbox) Browser(v *store.View, endpoint string) (*Subscriber, error) {
	_, secret, err := o.unlock(v, false)
	if err != nil {
		return nil, err
	}
	return oneSubscriber(v, "WHERE who = ?", digest(secret, Push, endpoint))
}

// tries counts, and refuses what is tried too often within a span.
func tries(tx *store.Tx, target string, most, span int64) error {
	var n, since int64
	err := raw.ReadOne(&tx.View, "SELECT tries, since FROM subscriber_try WHERE target = ?", []any{target}, &n, &since)
	if err != nil && fault.KindOf(err) != fault.Missing {
		return err
	}
	if err != nil || tx.Now-since >= span {
		n, since = 0, tx.Now
	}
	if n >= most {
		return fault.New(fault.Denied, "outbox.too_often", nil)
	}
	_, err = raw.Exec(tx, "INSERT INTO subscriber_try (target, tries, since) VALUES (?, ?, ?) ON CONFLICT (target) DO UPDATE SET tries = excluded.tries, since = excluded.since", target, n+1, since)
	return err
}

// ByDoor finds the subscriber whose link it is. Missing for any other.
func (o *Outbox) ByDoor(v *store.View, token string) (*Subscriber, error) {
	return oneSubscriber(v, "WHERE door = ?", doorOf(token))
}

// Confirm notes that it was them.
func (o *Outbox) Confirm(tx *store.Tx, s *Subscriber) error {
	_, err := raw.Exec(tx, "UPDATE subscriber SET state = 'active', since = ? WHERE id = ? AND state = 'asked'", tx.Now, s.ID)
	return err
}

// Change gives a subscriber another language or area.
func (o *Outbox) Change(tx *store.Tx, s *Subscriber, l translate.Lang, area string) error {
	if !slices.Contains(translate.Langs, l) {
		return fault.At("lang", "outbox.lang", nil)
	}
	_, err := raw.Exec(tx, "UPDATE subscriber SET lang = ?, area = ? WHERE id = ?", string(l), area, s.ID)
	return err
}

// Leave takes a subscriber out; nothing of the address stays.
func (o *Outbox) Leave(tx *store.Tx, s *Subscriber) error {
	_, err := raw.Exec(tx, "DELETE FROM subscriber WHERE id = ?", s.ID)
	return err
}

// Remove takes an address out whose owner asked the office to; false when it is not on the list.
func (o *Outbox) Remove(tx *store.Tx, typed string) (bool, error) {
	channel, address, err := Address(typed)
	if err != nil {
		return false, err
	}
	_, secret, err := o.unlock(&tx.View, false)
	if fault.KindOf(err) == fault.Missing && err != nil {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	n, err := raw.Exec(tx, "DELETE FROM subscriber WHERE who = ?", digest(secret, channel, address))
	return n > 0, err
}

// Share is how many readers are to be told in a language about an area over a channel.
type Share struct {
	Channel string
	Lang    translate.Lang
	Area    string
	N       int
}

// Shares counts the readers.
func (o *Outbox) Shares(v *store.View) (out []Share, err error) {
	rows, err := raw.Read(v, "SELECT channel, lang, area, count(*) FROM subscriber WHERE state = 'active' GROUP BY channel, lang, area ORDER BY channel, lang, area")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s Share
		var lang string
		if err := rows.Scan(&s.Channel, &lang, &s.Area, &s.N); err != nil {
			return nil, err
		}
		s.Lang = translate.Lang(lang)
		out = append(out, s)
	}
	return out, rows.Close()
}

// Newest lists the newest subscribers, and their addresses as far as staff see them.
func (o *Outbox) Newest(v *store.View, n int) (list []*Subscriber, masked []string, err error) {
	if list, err = readSubscribers(v, "ORDER BY id DESC LIMIT ?", n); err != nil || len(list) == 0 {
		return nil, nil, err
	}
	key, _, err := o.unlock(v, true)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range list {
		address, _, err := opened(key, s.ID, s.sealed)
		if err != nil {
			return nil, nil, err
		}
		if s.Channel == Push { // its end says nothing to anybody
			address = ""
		}
		masked = append(masked, seal.Mask(address))
	}
	return list, masked, nil
}

func opened(key *seal.Key, id, sealed string) (address, token string, err error) {
	text, err := key.Open(addressAt(id), sealed)
	if err != nil {
		return "", "", err
	}
	address, token, _ = strings.Cut(text, "\n")
	return address, token, nil
}

// sweep forgets who was asked about and did not answer, and counts of tries that are past.
func sweep(tx *store.Tx) error {
	if _, err := raw.Exec(tx, "DELETE FROM subscriber WHERE state = 'asked' AND asked_at < ?", tx.Now-askedFor); err != nil {
		return err
	}
	_, err := raw.Exec(tx, "DELETE FROM subscriber_try WHERE since < ?", tx.Now-addressSpan)
	return err
}
