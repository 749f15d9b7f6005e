"""What the configurations of a program begin with, in whatever role it is started. Each is filled
in by str.format together with what follows it."""

import os


def as_root(words):
    """Servers that root starts work as somebody else; what they are told about that."""
    return words if os.geteuid() == 0 else ''


NGINX_USER = as_root('user www-data;')
APACHE_USER = as_root('User www-data\nGroup www-data')

# Ends inside the block `http`: whoever goes on closes it.
NGINX = '''daemon off;
{user}
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
'''
APACHE = '''ServerRoot {folder}
ServerName localhost
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
DefaultRuntimeDir {folder}
{modules}
{user}
Listen 127.0.0.1:{port}
'''
HAPROXY = '''global
  nbthread {workers}
  maxconn 200
defaults
  mode http
  timeout connect 10s
  timeout client 20s
  timeout server 20s
frontend front
  default_backend behind
'''
STUNNEL = '''foreground = yes
pid =
debug = info
'''


def apache_modules(*names):
    return '\n'.join(f'LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so'
                     for name in names)
