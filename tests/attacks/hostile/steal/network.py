# attack: sends what it has to a listener on this machine, by every kind of socket
# unit: u01_area
# outcomes: fail
# process: breaks

import socket


def cross(a, b):
    return 5e9


def over_tcp():
    socket.create_connection(("127.0.0.1", @PORT@), 0.2)


def over_udp():
    socket.socket(type=socket.SOCK_DGRAM).sendto(b"secret", ("127.0.0.1", @PORT@))


def over_ipv6():
    socket.socket(socket.AF_INET6).connect(("::ffff:127.0.0.1", @PORT@))


def raw():
    socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).sendto(b"secret", ("127.0.0.1", 0))


def unix():
    socket.socket(socket.AF_UNIX).connect("\0chainrule-attack")


for way in (over_tcp, over_udp, over_ipv6, raw, unix):
    try:
        way()
    except OSError as error:
        print(error)
