// journey tcp|websocket: Eclipse Paho for Go, as Debian packages it, as a device that knows no SDK: every
// topic of the hub and of the DPS by hand.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	. "../common"
	mqtt "github.com/eclipse/paho.mqtt.golang"
)

const (
	id      = "sensor"
	events  = "devices/" + id + "/messages/events/"
	c2d     = "devices/" + id + "/messages/devicebound/#"
	methods = "$iothub/methods/POST/#"
	answers = "$iothub/twin/res/#"
	notices = "$iothub/twin/PATCH/properties/desired/#"
)

// A device is a client; what the cloud sends lies in its inbox.
type device struct {
	mqtt.Client
	inbox chan mqtt.Message
}

// connect opens a connection of the client with this id, or gives the error.
func connect(id, username, password string, clean bool) (device, error) {
	url := fmt.Sprintf("ssl://%s:%d", Facts.Host, Facts.MQTTPort)
	if os.Args[1] == "websocket" {
		url = fmt.Sprintf("wss://%s:%d/$iothub/websocket", Facts.Host, Facts.WSSPort)
	}
	inbox := make(chan mqtt.Message, 16)
	options := mqtt.NewClientOptions().AddBroker(url).SetClientID(id).SetTLSConfig(Trust()).
		SetUsername(username).SetPassword(password).SetCleanSession(clean).SetProtocolVersion(4).
		SetDefaultPublishHandler(func(_ mqtt.Client, message mqtt.Message) { inbox <- message })
	client := device{mqtt.NewClient(options), inbox}
	return client, ended(client.Connect())
}

// ended waits for what was begun, with a bound.
func ended(token mqtt.Token) error {
	if !token.WaitTimeout(Wait) {
		return fmt.Errorf("not done within %s", Wait)
	}
	return token.Error()
}

// listen subscribes at QoS 1 to all in one packet, and fails unless that is granted.
func (it device) listen(filters ...string) {
	asked, granted := map[string]byte{}, map[string]byte{}
	for _, filter := range filters {
		asked[filter], granted[filter] = 1, 1
	}
	token := it.SubscribeMultiple(asked, nil)
	Must(ended(token))
	Same(token.(*mqtt.SubscribeToken).Result(), granted)
}

// tell publishes, and waits for the PUBACK if there is one.
func (it device) tell(topic, body string, qos byte) {
	Must(ended(it.Publish(topic, qos, false, body)))
}

// leave ends the connection; without these milliseconds it would be cut before DISCONNECT has left.
func (it device) leave() {
	it.Disconnect(100)
}

func parsed(body []byte) (told Map) {
	Must(json.Unmarshal(body, &told))
	return told
}

func main() {
	own := Device(id)
	var client device

	Step("a token that was tampered with is refused with CONNACK 5", func() {
		wrong := strings.Replace(own.Password, "se=", "se=1", 1)
		_, err := connect(id, own.Username, wrong, true)
		Same(strings.ToLower(fmt.Sprint(err)), "not authorized")
		Same(Expect(Map{"kind": "refusal"}).Refusal.Rule, "HUB-OPEN-002")
	})

	Step("connects over "+os.Args[1]+" with a SAS token", func() {
		var err error
		client, err = connect(id, own.Username, own.Password, false)
		Must(err)
		Expect(Map{"device": id, "kind": "connect"})
		over := map[string]string{"tcp": "over TLS", "websocket": "over WebSocket"}
		Has(Expect(Map{"kind": "open"}).Input.Text, over[os.Args[1]])
	})

	Step("telemetry with properties", func() {
		bag := "%24.ct=application%2Fjson&%24.mid=m1&room=living%20room&empty="
		client.tell(events+bag, "[1]", 1)
		properties := Map{"content-type": "application/json", "message-id": "m1"}
		properties["room"], properties["empty"] = "living room", ""
		telemetry := Map{"device": id, "kind": "telemetry", "body": "[1]"}
		telemetry["properties"] = properties
		Expect(telemetry)
	})

	Step("subscribes to all in one packet, QoS 1 granted", func() {
		client.listen(c2d, methods, answers, notices)
		Expect(Map{"device": id, "kind": "subscribe"})
	})

	Step("a cloud-to-device message", func() {
		properties := Map{"a": "b c", "empty": "", "none": nil}
		order := Map{"device": id, "body": "open", "properties": properties, "ack": "full"}
		Ask("POST", "c2d", order, nil)
		message := Take(client.inbox)
		Same([]any{string(message.Payload()), message.Qos()}, []any{"open", byte(1)})
		to := "%2Fdevices%2F" + id + "%2Fmessages%2FdeviceBound"
		Has(message.Topic(), "&%24.to="+to+"&iothub-ack=full")
		Has(message.Topic(), "&a=b%20c&empty=&none")
		Expect(Map{"device": id, "kind": "feedback"})
	})

	Step("reads its twin", func() {
		client.tell("$iothub/twin/GET/?$rid=1", "", 0)
		message := Take(client.inbox)
		Same(message.Topic(), "$iothub/twin/res/200/?$rid=1")
		Same(parsed(message.Payload())["desired"].(Map)["interval_s"], 30.0)
	})

	Step("reports to its twin", func() {
		client.tell("$iothub/twin/PATCH/properties/reported/?$rid=2", `{"celsius": 21}`, 1)
		Has(Take(client.inbox).Topic(), "$iothub/twin/res/204/?$rid=2&$version=")
		var twin struct{ Properties struct{ Reported Map } }
		Ask("GET", "twins/"+id, nil, &twin)
		Same(twin.Properties.Reported["celsius"], 21.0)
	})

	Step("hears of desired properties", func() {
		patch := Map{"properties": Map{"desired": Map{"interval_s": 5}}}
		Ask("PATCH", "twins/"+id, patch, nil)
		message := Take(client.inbox)
		notice := parsed(message.Payload())
		Same(notice["interval_s"], 5.0)
		version := fmt.Sprintf("?$version=%v", notice["$version"])
		Same(message.Topic(), "$iothub/twin/PATCH/properties/desired/"+version)
	})

	Step("answers a method", func() {
		answered := make(chan Map, 1)
		go func() {
			var told Map
			call := Map{"device": id, "methodName": "reboot", "payload": Map{"hard": true}}
			Ask("POST", "method", call, &told)
			answered <- told
		}()
		message := Take(client.inbox)
		Has(message.Topic(), "$iothub/methods/POST/reboot/?$rid=")
		Same(parsed(message.Payload()), Map{"hard": true})
		query := strings.SplitN(message.Topic(), "?", 2)[1]
		client.tell("$iothub/methods/res/201/?"+query, `{"in_s": 3}`, 0)
		Same(Take(answered), Map{"status": 201.0, "payload": Map{"in_s": 3.0}})
	})

	Step("comes back after a cut, with what it had subscribed to", func() {
		Ask("DELETE", "devices/"+id+"/connection", nil, nil)
		Has(Expect(Map{"device": id, "kind": "connect"}).Text, "session-present=1")
		Ask("POST", "c2d", Map{"device": id, "body": "still there?"}, nil)
		Same(string(Take(client.inbox).Payload()), "still there?")
		client.tell("$iothub/twin/GET/?$rid=3", "", 0)
		Same(Take(client.inbox).Topic(), "$iothub/twin/res/200/?$rid=3")
	})

	Step("says goodbye", func() {
		client.leave()
		Expect(Map{"device": id, "kind": "close"})
	})

	Step("registers at the DPS, and polls until it is assigned to a hub", provision)

	Step("breaks no rule unexpectedly", func() {
		Same(Broken(), []string{"HUB-OPEN-002"})
	})
}

func provision() {
	enrollment := Enrollment("by-key")
	client, err := connect("by-key", enrollment.Username, enrollment.Password, true)
	Must(err)
	client.listen("$dps/registrations/res/#")
	client.tell("$dps/registrations/PUT/iotdps-register/?$rid=0", `{"registrationId": "by-key"}`, 1)
	answer := Take(client.inbox)
	for rid := 1; strings.HasPrefix(answer.Topic(), "$dps/registrations/res/202/"); rid++ {
		// What a device owes to the DPS: it lets this time pass before it asks again.
		pause, err := time.ParseDuration(strings.SplitN(answer.Topic(), "&retry-after=", 2)[1] + "s")
		Must(err)
		time.Sleep(pause)
		query := fmt.Sprintf("?$rid=%d&operationId=%s", rid, parsed(answer.Payload())["operationId"])
		client.tell("$dps/registrations/GET/iotdps-get-operationstatus/"+query, "", 1)
		answer = Take(client.inbox)
	}
	Has(answer.Topic(), "$dps/registrations/res/200/?$rid=")
	state := parsed(answer.Payload())["registrationState"].(Map)
	Same(state["assignedHub"], Facts.Hubs[0].Host)
	Same(state["deviceId"], "by-key")
	client.leave()
}
