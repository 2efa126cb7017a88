"""匠衡 Jiangheng: a city recognises vocational skill levels, and anyone can check how."""
