# client.tcl HOST PORT CA CERTIFICATE KEY PATH...: fetches each path, writes the bodies.
package require tls

set paths [lassign $argv host port trust certificate key]
set options [list -cafile $trust -request 1 -require 1]
if {$host eq "localhost"} { lappend options -servername $host }
if {$certificate ne ""} { lappend options -certfile $certificate -keyfile $key }
fconfigure stdout -translation binary
foreach path $paths {
  set connection [tls::socket {*}$options [expr {$host eq "localhost" ? "127.0.0.1" : $host}] $port]
  fconfigure $connection -translation binary -blocking 1
  tls::handshake $connection
  puts -nonewline $connection "GET $path HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n"
  flush $connection
  set answer [read $connection]
  close $connection
  set start [string first "\r\n\r\n" $answer]
  puts -nonewline [string range $answer [expr {$start + 4}] end]
}
