import NudgeClient
import Testing

@Suite struct AddressTests {
  @Test(arguments: [
    ("https://example.com", "https://example.com:443/"),
    ("http://Example.COM:8080/a?b=c", "http://example.com:8080/a?b=c"),
    ("https://example.com?x", "https://example.com:443/?x"),
    ("http://127.0.0.1:9/x", "http://127.0.0.1:9/x"),
    ("http://[::1]/x", "http://[0:0:0:0:0:0:0:1]:80/x"),
    ("http://[::ffff:10.0.0.1]/", "http://10.0.0.1:80/"),
    ("https://mail_relay.internal/send", "https://mail_relay.internal:443/send"),
  ])
  func `a URL has one normal form`(text: String, expected: String) throws {
    #expect(try WebURL(text).text == expected)
  }

  @Test(arguments: [
    "ftp://example.com", "example.com", "https://", "https://a@b/", "https://a:b@c/",
    "https://exa mple.com/", "https://127.1/", "https://2130706433/", "https://0x7f.0.0.1/",
    "https://0177.0.0.1/", "https://1.2.3.4./", "https://example.com:0/",
    "https://example.com:65536/",
    "https://example.com:/", "https://example.com:+1/", "https://example.com/ä",
    "https://exämple.com/",
    "https://example.com/#x", "https://example.com/a b", "https://[::1/",
    "https://[fe80::1%25eth0]/",
    "https://example.com\\@evil.com/", "https://example.com/\r\nx",
  ])
  func `a URL that could be read in two ways is refused`(text: String) {
    #expect(throws: WebURL.Invalid.self) { try WebURL(text) }
  }

  @Test(arguments: [
    "127.0.0.1", "127.255.255.255", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "198.18.0.1",
    "192.0.2.1", "203.0.113.9", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::7f00:1", "64:ff9b::7f00:1", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
    "2001:db8::1", "2002:7f00:1::", "2001::1", "100::1", "5f00::1", "3fff::1",
  ])
  func `a special address is refused unless it is listed`(text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(throws: AddressPolicy.Refusal.self) { try AddressPolicy().vet([address]) }
    let listed = try #require(IPNetwork(text))
    try AddressPolicy(allowedNetworks: [listed]).vet([address])
  }

  @Test(arguments: [
    "8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0",
    "192.0.1.0", "198.20.0.0", "223.255.255.255", "::ffff:8.8.8.8", "2606:4700::1111",
    "2a00:1450::1",
  ])
  func `a public address passes`(text: String) throws {
    try AddressPolicy().vet([try #require(IPAddress(text))])
  }

  @Test func `one bad address among good ones refuses all`() throws {
    let addresses = try ["8.8.8.8", "127.0.0.1"].map { try #require(IPAddress($0)) }
    #expect(throws: AddressPolicy.Refusal.self) { try AddressPolicy().vet(addresses) }
  }

  @Test(arguments: [
    ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
    ("192.168.1.0/25", "192.168.1.127", true), ("192.168.1.0/25", "192.168.1.128", false),
    ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false), ("::1", "::1", true),
    ("fd00::/9", "fd7f::1", true), ("fd00::/9", "fd80::1", false), ("1.2.3.4/32", "1.2.3.5", false),
  ])
  func `a network holds the addresses of its prefix`(
    network: String,
    address: String,
    expected: Bool
  ) throws {
    let network = try #require(IPNetwork(network))
    #expect(network.contains(try #require(IPAddress(address))) == expected)
  }

  @Test(arguments: [
    "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "x", "10.0.0.0/8/9", "::/129", "1.1.1.1/-1",
  ])
  func `what is no network is refused`(text: String) {
    #expect(IPNetwork(text) == nil)
  }
}
