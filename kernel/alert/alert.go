// Package alert writes, reads and checks messages of the Common Alerting Protocol 1.2, by which warnings travel between
// offices and to the public: writing is strict, reading takes what others send and says what is wrong with it.
//
// The source for all of it is the OASIS standard CAP-v1.2 of 1 July 2010: its sections 3.2.1 to 3.2.4 name the elements,
// section 3.3 their order and types.
package alert

import (
	"embed"
	"time"
)

// Words are the phrases of the package.
//
//go:embed words/*.json
var Words embed.FS

// Namespace is that of version 1.2; Older that of 1.1, which is read as well.
const (
	Namespace = "urn:oasis:names:tc:emergency:cap:1.2"
	Older     = "urn:oasis:names:tc:emergency:cap:1.1"
)

// What a message may be, by section 3.2.1. The public sees Actual and Public alone.
var (
	Statuses = []string{"Actual", "Exercise", "System", "Test", "Draft"}
	Types    = []string{"Alert", "Update", "Cancel", "Ack", "Error"}
	Scopes   = []string{"Public", "Restricted", "Private"}
)

// What a block may say, by section 3.2.2.
var (
	Categories    = []string{"Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"}
	ResponseTypes = []string{"Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"}
	Urgencies     = []string{"Immediate", "Expected", "Future", "Past", "Unknown"}
	Severities    = []string{"Extreme", "Severe", "Moderate", "Minor", "Unknown"}
	Certainties   = []string{"Observed", "Likely", "Possible", "Unlikely", "Unknown"}
)

// Message is one alert message, section 3.2.1. Times keep the offset they are written with; a zero time is none.
type Message struct {
	Identifier, Sender string
	Sent               time.Time
	Status             string
	Type               string // msgType
	Source             string
	Scope              string
	Restriction        string // with Restricted, and only then
	Addresses          string // with Private
	Codes              []string
	Note               string
	References         []Ref
	Incidents          string
	Blocks             []Block
}

// Ref names an earlier message: its three parts as they were sent.
type Ref struct {
	Sender, Identifier string
	Sent               time.Time
}

// Block is what a message says in one language, section 3.2.2.
type Block struct {
	Language      string // BCP 47; a block without one is en-US
	Categories    []string
	Event         string
	ResponseTypes []string
	Urgency       string
	Severity      string
	Certainty     string
	Audience      string
	EventCodes    []Pair
	Effective     time.Time
	Onset         time.Time
	Expires       time.Time
	SenderName    string
	Headline      string
	Description   string
	Instruction   string
	Web           string
	Contact       string
	Parameters    []Pair
	Resources     []Resource
	Areas         []Area
}

// Pair is a value with the name of its system, as event codes, parameters and geocodes are.
type Pair struct{ Name, Value string }

// Resource is a file that belongs to a block, section 3.2.3. Digest is the SHA-1 of it in hexadecimal.
type Resource struct {
	Desc, Mime   string
	Size         int64 // in bytes; 0 is unknown
	URI, Content string
	Digest       string
}

// Area is where a block holds, section 3.2.4. A polygon is closed: its last point is its first.
type Area struct {
	Desc     string
	Polygons [][]Point
	Circles  []Circle
	Geocodes []Pair
	Altitude string // feet above mean sea level, decimal
	Ceiling  string
}

// Point is a place in WGS 84, in degrees.
type Point struct{ Lat, Lon float64 }

// Circle is a place with a radius in kilometres.
type Circle struct {
	Point
	Radius float64
}

// Ref is how later messages name this one.
func (m *Message) Ref() Ref { return Ref{m.Sender, m.Identifier, m.Sent} }

// Same tells whether two references name the same message: sender and identifier are never used again together.
func (r Ref) Same(o Ref) bool { return r.Sender == o.Sender && r.Identifier == o.Identifier }

// ForPublic tells whether a message is meant for everyone and in earnest. Nothing else may reach a public page.
func (m *Message) ForPublic() bool { return m.Status == "Actual" && m.Scope == "Public" }

// Ends is when the last block runs out; zero when one has no end.
func (m *Message) Ends() time.Time {
	var last time.Time
	for _, i := range m.Blocks {
		if i.Expires.IsZero() {
			return time.Time{}
		}
		if i.Expires.After(last) {
			last = i.Expires
		}
	}
	return last
}
