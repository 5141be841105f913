package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/record"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/office"
)

// newPassword takes the password from where it was said to come from, or makes one.
func (c *call) newPassword() (password string, made bool, err error) {
	for _, e := range c.Environ {
		if v, ok := strings.CutPrefix(e, "YUNQIAO_PASSWORD="); ok && v != "" {
			return v, false, nil
		}
	}
	if !c.has("password-stdin") {
		return clock.Secret(10), true, nil
	}
	line, err := bufio.NewReader(io.LimitReader(c.In, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", false, err
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", false, fault.New(fault.Invalid, "app.user.no_password", nil)
	}
	return line, false, nil
}

func (a *App) staffBy(ctx context.Context, login string) (s *office.Staff, err error) {
	err = a.Store.Look(ctx, access.Program("user"), store.AsOf{}, func(v *store.View) error {
		found, err := record.Select(v, office.StaffType, "WHERE x.login = ?", strings.ToLower(strings.TrimSpace(login)))
		if err == nil && len(found) == 0 {
			err = fault.New(fault.Missing, "app.user.unknown", fault.Args{"login": login})
		}
		if err == nil {
			s = found[0]
		}
		return err
	})
	return s, err
}

// setPassword gives a person a password and says which, if the program made it.
func (c *call) setPassword(ctx context.Context, a *App, staff, login, key string) error {
	password, made, err := c.newPassword()
	if err != nil {
		return err
	}
	if err := a.Desk.SetPassword(ctx, staff, password, ""); err != nil {
		return err
	}
	if err := a.order(ctx); err != nil {
		return err
	}
	out := map[string]any{"id": staff, "login": login}
	lines := []string{c.Say(key, "login", login)}
	if made {
		out["password"] = password
		lines = append(lines, c.Say("app.user.made", "password", password))
	}
	return c.answer(out, lines...)
}

// roles lists the roles as they are typed.
func roles() string {
	var all []string
	for _, r := range access.Roles {
		all = append(all, string(r))
	}
	return strings.Join(all, ", ")
}

// userAdd makes a member of the staff with a position and a password.
func userAdd(ctx context.Context, c *call) error {
	role, unit := c.val("role"), c.val("unit")
	if role == "" {
		return usageError("app.usage.no_role", fault.Args{"roles": roles()})
	}
	if !slices.Contains(access.Roles, access.Role(role)) {
		return usageError("app.usage.role", fault.Args{"value": role})
	}
	login := strings.ToLower(strings.TrimSpace(c.arg(0)))
	name := translate.Text{}
	for _, l := range translate.Staff {
		if s := c.val("name-" + string(l)); s != "" {
			name[l] = s
		}
	}
	if name.Empty() {
		return usageError("app.usage.name", nil)
	}
	return c.own(ctx, func(a *App) error {
		if unit == "" {
			unit = a.Pack.RootUnit
		}
		if _, err := a.staffBy(ctx, login); err == nil {
			return fault.New(fault.Invalid, "app.user.exists", fault.Args{"login": login})
		}
		s := office.StaffType.New()
		err := a.Store.Update(ctx, access.Program("user"), func(tx *store.Tx) error {
			units, err := record.Select(&tx.View, office.Units, "WHERE x.code = ?", unit)
			if err != nil {
				return err
			}
			if len(units) == 0 {
				return fault.New(fault.Invalid, "app.user.unit", fault.Args{"unit": unit})
			}
			*s = *office.StaffType.New()
			s.Name, s.Login, s.Unit, s.Level = name, login, unit, office.StaffType.Level
			how := record.How{Act: record.ActNew, Why: c.Say("app.user.why")}
			if err := record.Save(tx, office.StaffType, s, how); err != nil {
				return err
			}
			p := office.Positions.New()
			p.Staff, p.In, p.Role, p.Unit, p.Level = s.ID, units[0].ID, role, unit, office.Positions.Level
			p.From = tx.ValidOn
			p.Title = translate.Text{}
			for _, l := range translate.Staff {
				p.Title[l] = c.book.Say(l, "app.role."+role)
			}
			return record.Save(tx, office.Positions, p, how)
		})
		if err != nil {
			return err
		}
		return c.setPassword(ctx, a, s.ID, login, "app.user.added")
	})
}

// userPassword gives a person another password and ends the person's sessions.
func userPassword(ctx context.Context, c *call) error {
	return c.own(ctx, func(a *App) error {
		s, err := a.staffBy(ctx, c.arg(0))
		if err != nil {
			return err
		}
		return c.setPassword(ctx, a, s.ID, s.Login, "app.user.changed")
	})
}

// userLock takes a person's password away; the records the person wrote stay.
func userLock(ctx context.Context, c *call) error {
	return c.own(ctx, func(a *App) error {
		s, err := a.staffBy(ctx, c.arg(0))
		if err != nil {
			return err
		}
		if err := a.Desk.DropPassword(ctx, s.ID); err != nil {
			return err
		}
		return c.answer(map[string]any{"id": s.ID, "login": s.Login}, c.Say("app.user.locked", "login", s.Login))
	})
}

// userList shows who may sign in, in which roles.
func userList(ctx context.Context, c *call) error {
	return c.beside(ctx, func(a *App) error {
		people, err := a.people(ctx)
		if err != nil {
			return err
		}
		var lines []string
		wide := [2]int{}
		for _, p := range people {
			wide = [2]int{max(wide[0], len(p.Login)), max(wide[1], utf8.RuneCountInString(p.Name.Show(c.lang)))}
		}
		for _, p := range people {
			note := ""
			if !p.Password {
				note = "  " + c.Say("app.user.none")
			}
			lines = append(lines, fmt.Sprintf("%-*s  %-*s  %s%s", wide[0], p.Login, wide[1], p.Name.Show(c.lang), strings.Join(p.Roles, ", "), note))
		}
		if people == nil {
			people = []person{}
		}
		return c.answer(people, lines...)
	})
}
