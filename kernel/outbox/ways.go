package outbox

import (
	"context"
	"errors"
	"net/textproto"
	"regexp"
	"strconv"

	"yunqiao/kernel/fault"
	"yunqiao/kernel/post"
)

// noSuchReader are the statuses of RFC 3463 that speak of the address itself. What a server refuses for any other reason, such as
// the letter or its sender, says nothing of the reader.
var noSuchReader = regexp.MustCompile(`^5\.(1\.[1236]|2\.1)\b`)

// ByMail is the channel over the office's mail server.
func ByMail(s *post.Server, lines, perSecond int) Way {
	return Way{Name: Mail, Lines: lines, PerSecond: perSecond, Open: func(ctx context.Context) (*Hand, error) {
		line, err := s.Dial(ctx)
		if err != nil {
			return nil, err
		}
		return &Hand{Lost: line.Lost, Close: line.Close, Give: func(ctx context.Context, p *Parcel) error {
			l := post.Letter{ID: p.Key, To: p.To, Subject: p.Content.Subject, Text: p.Text, At: p.At, Lang: p.Content.Tag, List: p.Content.List, Follows: p.Follows}
			if p.Content.List != "" {
				l.Leave = p.Link
			}
			err := line.Send(ctx, l)
			if post.Shut(err) {
				return &Pause{Whole: true, Err: err}
			}
			e, is := errors.AsType[*textproto.Error](err)
			if is && fault.KindOf(err) != fault.Invalid {
				return errors.New(strconv.Itoa(e.Code) + " " + e.Msg) // as the server said it
			}
			if is && noSuchReader.MatchString(e.Msg) {
				return &nobody{err}
			}
			return err
		}}, nil
	}}
}
