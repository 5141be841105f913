package app

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
)

// Config is the settings of a running program. Every setting can stand in the file (TOML) and in the environment,
// as YUNQIAO_ and its name in capitals; the environment wins. doc/operators.md says what each means.
type Config struct {
	// Data is the folder that holds the database (on SQLite), the keys and the files.
	Data string `toml:"data"`
	// Database is a postgres:// address; empty for the embedded database in the data folder.
	Database string `toml:"database"`
	// Pack is the office's pack: the name of one that ships with the program, or a folder; empty for the one that the
	// data folder was made with.
	Pack string `toml:"pack"`
	// Listen is the address the program answers on, such as 127.0.0.1:8080.
	Listen string `toml:"listen"`
	// Secure says that people reach the program by https, through a proxy; cookies are then never sent otherwise.
	Secure bool `toml:"secure"`
	// Demo shows the sample accounts on the sign-in page; the demo command sets it.
	Demo bool `toml:"-"`
	// LogLevel is debug, info, warn or error.
	LogLevel string `toml:"log_level"`
	// FilesEndpoint is the address of S3-compatible storage for the files; empty for the data folder.
	FilesEndpoint string `toml:"files_endpoint"`
	// FilesRegion is the storage's region.
	FilesRegion string `toml:"files_region"`
	// FilesBucket is the bucket that holds the files.
	FilesBucket string `toml:"files_bucket"`
	// FilesPrefix stands in front of the name of every file in the bucket.
	FilesPrefix string `toml:"files_prefix"`
	// FilesKey is the key's id for the storage.
	FilesKey string `toml:"files_key"`
	// FilesSecret is the key's secret for the storage.
	FilesSecret string `toml:"files_secret"`
	// Site is the address under which people reach the program, such as https://office.example; links in mail begin with it.
	Site string `toml:"site"`
	// MailServer is host:port of the office's mail server; empty sends no mail.
	MailServer string `toml:"mail_server"`
	// MailSafety is tls, starttls or none.
	MailSafety string `toml:"mail_safety"`
	// MailFrom is the address that mail comes from.
	MailFrom string `toml:"mail_from"`
	// MailUser is the account at the mail server; empty for none.
	MailUser string `toml:"mail_user"`
	// MailPassword is the account's password.
	MailPassword string `toml:"mail_password"`
	// MailLines is how many connections to the mail server notices are sent over at once.
	MailLines int `toml:"mail_lines"`
	// MailRate is how many notices a second are mailed at most; 0 is as many as the server takes.
	MailRate int `toml:"mail_rate"`
	// SMSGateway is the address of a gateway to telephones; empty sends no SMS.
	SMSGateway string `toml:"sms_gateway"`
	// SMSToken is what the gateway knows the office by.
	SMSToken string `toml:"sms_token"`
	// SMSFrom is how the office is called on telephones.
	SMSFrom string `toml:"sms_from"`
	// SMSFields are the gateway's own names of the fields, such as to=mobile text=content.
	SMSFields string `toml:"sms_fields"`
	// SMSForm sends the fields as a form instead of JSON.
	SMSForm bool `toml:"sms_form"`
	// SMSRate is how many SMS a second are sent at most; 0 is as many as the gateway takes.
	SMSRate int `toml:"sms_rate"`
	// Push lets readers be told in their browsers, through the push services of those who make them.
	Push bool `toml:"push"`
	// PushLocal has the push service on this machine: for trying it out. No other is reached then.
	PushLocal bool `toml:"push_local"`
	// Hooks are the programs of others that are told of notices: name=address, separated by blanks.
	Hooks string `toml:"hooks"`
	// HookSecret is the secret by which they know that it is the office.
	HookSecret string `toml:"hook_secret"`
	// WeChatApp is the AppID of the office's official account; empty makes no drafts there.
	WeChatApp string `toml:"wechat_app"`
	// WeChatSecret is the account's AppSecret.
	WeChatSecret string `toml:"wechat_secret"`
	// WeChatAddress is where the interface of official accounts is reached, when not directly.
	WeChatAddress string `toml:"wechat_address"`
	// MachineAddress is the translation program that is asked for drafts, by the interface of LibreTranslate; empty asks none.
	MachineAddress string `toml:"machine_address"`
	// MachineKey is the key of the office with it.
	MachineKey string `toml:"machine_key"`
	// MapLayer is a file of GeoJSON with lines that the office draws over the land of the large map; empty draws none.
	MapLayer string `toml:"map_layer"`
	// MapSource says who drew the layer.
	MapSource string `toml:"map_source"`
	// MapReview is the number under which the layer was approved.
	MapReview string `toml:"map_review"`
}

// Defaults are the settings when nothing is said.
func Defaults() Config {
	return Config{Data: "data", Listen: "127.0.0.1:8080", LogLevel: "info", FilesRegion: "us-east-1", MailSafety: "starttls", MailLines: 4, SMSRate: 10}
}

// ReadConfig reads the settings: the defaults, then the file if one is named or yunqiao.toml is there, then the
// environment. A setting nobody knows is refused.
func ReadConfig(path string, environ []string) (Config, error) {
	return readConfig(Defaults(), path, path == "", environ)
}

// readConfig reads the settings over a base; look says whether yunqiao.toml of the present folder counts.
func readConfig(c Config, path string, look bool, environ []string) (Config, error) {
	named := path != ""
	if !named {
		path = "yunqiao.toml"
	}
	var raw []byte
	err := fs.ErrNotExist
	if named || look {
		raw, err = os.ReadFile(path)
	}
	switch {
	case err == nil:
		meta, err := toml.Decode(string(raw), &c)
		if err != nil {
			return c, fault.Because(err, fault.Invalid, "app.config.broken", fault.Args{"path": path})
		}
		if un := meta.Undecoded(); len(un) > 0 {
			return c, fault.New(fault.Invalid, "app.config.unknown", fault.Args{"path": path, "name": un[0].String()})
		}
	case named || !errors.Is(err, fs.ErrNotExist):
		return c, fault.Because(err, fault.Invalid, "app.config.unreadable", fault.Args{"path": path})
	}
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, "YUNQIAO_") || strings.HasPrefix(name, "YUNQIAO_TEST_") {
			continue
		}
		if err := c.set(strings.ToLower(strings.TrimPrefix(name, "YUNQIAO_")), value); err != nil {
			return c, err
		}
	}
	return c, c.check()
}

func (c *Config) set(name, value string) (err error) {
	switch name {
	case "data":
		c.Data = value
	case "database":
		c.Database = value
	case "pack":
		c.Pack = value
	case "listen":
		c.Listen = value
	case "log_level":
		c.LogLevel = value
	case "secure":
		c.Secure, err = yes(name, value)
	case "files_endpoint":
		c.FilesEndpoint = value
	case "files_region":
		c.FilesRegion = value
	case "files_bucket":
		c.FilesBucket = value
	case "files_prefix":
		c.FilesPrefix = value
	case "files_key":
		c.FilesKey = value
	case "files_secret":
		c.FilesSecret = value
	case "site":
		c.Site = value
	case "mail_server":
		c.MailServer = value
	case "mail_safety":
		c.MailSafety = value
	case "mail_from":
		c.MailFrom = value
	case "mail_user":
		c.MailUser = value
	case "mail_password":
		c.MailPassword = value
	case "mail_lines":
		c.MailLines, err = whole(name, value)
	case "mail_rate":
		c.MailRate, err = whole(name, value)
	case "sms_gateway":
		c.SMSGateway = value
	case "sms_token":
		c.SMSToken = value
	case "sms_from":
		c.SMSFrom = value
	case "sms_fields":
		c.SMSFields = value
	case "sms_form":
		c.SMSForm, err = yes(name, value)
	case "sms_rate":
		c.SMSRate, err = whole(name, value)
	case "push":
		c.Push, err = yes(name, value)
	case "push_local":
		c.PushLocal, err = yes(name, value)
	case "hooks":
		c.Hooks = value
	case "hook_secret":
		c.HookSecret = value
	case "wechat_app":
		c.WeChatApp = value
	case "wechat_secret":
		c.WeChatSecret = value
	case "wechat_address":
		c.WeChatAddress = value
	case "machine_address":
		c.MachineAddress = value
	case "machine_key":
		c.MachineKey = value
	case "map_layer":
		c.MapLayer = value
	case "map_source":
		c.MapSource = value
	case "map_review":
		c.MapReview = value
	case "password", "passphrase", "kills":
		// Read by the commands that need them.
	default:
		return fault.New(fault.Invalid, "app.config.unknown", fault.Args{"path": "YUNQIAO_" + strings.ToUpper(name), "name": name})
	}
	return err
}

// yes reads true or false.
func yes(name, value string) (bool, error) {
	b, err := strconv.ParseBool(value)
	if err != nil {
		return false, fault.New(fault.Invalid, "app.config.not_bool", fault.Args{"name": name, "value": value})
	}
	return b, nil
}

// whole reads a number that is not below nothing.
func whole(name, value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return 0, fault.New(fault.Invalid, "app.config.not_whole", fault.Args{"name": name, "value": value})
	}
	return n, nil
}

func (c *Config) check() error {
	switch c.LogLevel {
	case "debug", "info", "warn", "error":
	default:
		return fault.New(fault.Invalid, "app.config.log_level", fault.Args{"value": c.LogLevel})
	}
	if c.Data == "" {
		return fault.New(fault.Invalid, "app.config.data", nil)
	}
	if c.Database != "" && !strings.HasPrefix(c.Database, "postgres://") && !strings.HasPrefix(c.Database, "postgresql://") {
		return fault.New(fault.Invalid, "app.config.database", fault.Args{"name": "database", "like": "postgres://user:password@server/name"})
	}
	if u, err := url.Parse(c.FilesEndpoint); c.FilesEndpoint != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		return fault.New(fault.Invalid, "app.config.endpoint", fault.Args{"value": c.FilesEndpoint})
	}
	if u, err := url.Parse(c.Site); c.Site != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "") {
		return fault.New(fault.Invalid, "app.config.site", fault.Args{"value": c.Site})
	}
	if u, err := url.Parse(c.MachineAddress); c.MachineAddress != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		return fault.New(fault.Invalid, "app.config.machine", fault.Args{"value": c.MachineAddress})
	}
	if s := MailServer(*c, nil); s != nil {
		if err := s.Check(); err != nil {
			return err
		}
	}
	if _, err := c.ways(nil, nil, nil); err != nil {
		return err
	}
	if _, err := c.officialAccount(); err != nil {
		return err
	}
	if c.MapLayer != "" && (strings.TrimSpace(c.MapSource) == "" || strings.TrimSpace(c.MapReview) == "") {
		return fault.New(fault.Invalid, "app.config.map", fault.Args{"path": c.MapLayer})
	}
	if c.FilesEndpoint != "" && (c.FilesBucket == "" || c.FilesKey == "" || c.FilesSecret == "") {
		return fault.New(fault.Invalid, "app.config.files", nil)
	}
	if !strings.Contains(c.Listen, ":") {
		return fault.New(fault.Invalid, "app.config.listen", fault.Args{"value": c.Listen})
	}
	return nil
}

// shelf opens the place where files are kept.
func (c *Config) shelf(cl *clock.Clock) (files.Shelf, error) {
	if c.FilesEndpoint == "" {
		return files.OpenDisk(filepath.Join(c.Data, filesFolder))
	}
	return &files.S3{Endpoint: c.FilesEndpoint, Region: c.FilesRegion, Bucket: c.FilesBucket, Prefix: c.FilesPrefix,
		KeyID: c.FilesKey, Secret: c.FilesSecret, Clock: cl}, nil
}

func (c *Config) address() string {
	if c.Database != "" {
		return c.Database
	}
	return filepath.Join(c.Data, databaseFile)
}

// Settings gives settings by the name they have in the file: those of a Config, or else what nobody has set.
func Settings(of ...Config) map[string]string {
	c := Defaults()
	if len(of) > 0 {
		c = of[0]
	}
	v := reflect.ValueOf(c)
	out := map[string]string{}
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("toml"); name != "-" {
			out[name] = fmt.Sprint(v.Field(i).Interface())
		}
	}
	return out
}
