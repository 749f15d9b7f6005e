# server.tcl PORT CERTIFICATE KEY CA ROOT: serves the files of ROOT, one connection at a time.
package require tls

lassign $argv port certificate key trust root
set options [list -certfile $certificate -keyfile $key -request 0]
if {$trust ne ""} {
  set options [list -certfile $certificate -keyfile $key -cafile $trust -request 1 -require 1]
}

proc serve {connection} {
  fconfigure $connection -translation binary -blocking 1
  tls::handshake $connection
  gets $connection line
  while {[gets $connection header] > 0 && $header ne "\r"} {}
  if {![regexp {^\S+ /(\S+)} $line -> path]} return
  set file [open [file join $::root $path] rb]
  set body [read $file]
  close $file
  puts -nonewline $connection "HTTP/1.1 200 OK\r\nContent-Length: [string length $body]\r\n"
  puts -nonewline $connection "Connection: close\r\n\r\n$body"
  flush $connection
}

proc accept {connection address port} {
  if {[catch {serve $connection} why]} { puts stderr $why }
  catch {close $connection}
}

tls::socket -server accept {*}$options -myaddr 127.0.0.1 $port
vwait forever
