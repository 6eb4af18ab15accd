from django.test import Client


def test_a_page_remembers_what_it_was_given_and_not_what_each_of_its_parts_was():
    answer = Client().get("/accounts/login/")

    assert answer.context["form"].fields.keys() >= {"login", "password"}
    names = {template.name for template in answer.templates}
    assert "account/login.html" in names
    assert "web/entrance.html" not in names
